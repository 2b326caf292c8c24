"""Rewriting a model's forward pass, before it is differentiated, where XLA's CPU backend is slow.

walk.py          through a traced program, equation by equation, and which rule is tried on which
convolution.py   a convolution as patches times matrix
minimal_filtering.py    one of small windows over many channels, in fewer multiplications
transposed.py    a transposed convolution as a product and a sum over places
pooling.py       max pooling that remembers where the maximum stood
fused_poolings.py       where a convolution and its pooling are computed as one
pooled_convolution.py   those of a first layer
pooled_filtering.py     those of many channels
bias.py          the gradient of a bias as a product with ones
narrow_product.py       the gradient of a matrix with few columns, the other way round
random_bits.py   the bits of a dropout in one pass
windows.py       what a window sees at each of its positions
groups.py        pictures in groups, so that what is needed on the way fits memory
shares.py        those that take pictures in groups, each device taking its own

Why: inside a loop XLA's CPU backend runs a convolution on naive code, and the gradient of its max pooling everywhere
(jax#12868). A convolution written as patches times matrix goes to the matrix product, which is fast everywhere.

A rule gets the equation's inputs and parameters and returns the result, or None to leave the equation alone. It must
give the same values and the same gradients to float tolerance; `tests/engine/lowering/` holds it to that. The gradients
are those in reverse (`grad`, `vjp`), which train: most rules bring one of their own (`custom_vjp`), and in forward mode
(`jvp`, `jacfwd`, and with them `hessian`) JAX refuses it with a TypeError.
"""

from tenfold.engine.lowering.walk import lowered, primitives_in

__all__ = ["lowered", "primitives_in"]
