"""How any Keras model trains, compiled: `fit`, and `evaluate` and `predict` beside it.

state.py      what training changes: weights, optimizer, metrics
order.py      which pictures make up which batch of which epoch
feed.py       how batches reach the device: resident, or streamed in windows
devices.py    the only door to devices: which share every batch, what lies on each
programs.py   the compiled steps
lowering/     the forward pass, rewritten where XLA is slow
equations.py  a traced program computed equation by equation, some of them another way
in_place.py   gradients that let XLA update weights without copying them
narrow.py     the last layer's matrix as one row, which XLA vectorises
opaque.py     the condition that keeps XLA from undoing what is in place and what was drawn once
faithful.py   what must go to `model.fit` instead, and why
left_to_keras.py   how it is done there
interrupt.py  Ctrl-C: where training stopped
progress.py   what the person waiting sees
fit.py        the loop that a newcomer reads top to bottom
score.py      evaluation, compiled
rescoring.py  training data scored as validation data are
prediction.py prediction, compiled
"""

from tenfold.engine.fit import fit
from tenfold.engine.interrupt import Interrupted, Position
from tenfold.engine.prediction import predict
from tenfold.engine.score import evaluate, loss_of
from tenfold.engine.state import TrainState

__all__ = ["Interrupted", "Position", "TrainState", "evaluate", "fit", "loss_of", "predict"]
