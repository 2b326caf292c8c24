"""The noun of this folder: a `Recipe`, what exactly is trained, as frozen and validated data.

settings.py   every setting, declared once
table.py      frozen tables and lists, the values that settings hold
allowed.py    the Keras names that recipes and strangers' files may use
layers.py     a network as a list of layers: what may stand in it
recipe.py     the Recipe: rules across settings, digest
toml.py       recipes as TOML, in and out
presets.py    the recipes of the lab sheets
overrides.py  `network.dropout=0.5`: a recipe with some settings changed
find.py       a preset, a file or `module:function`, by what was typed
objects.py    Keras objects from their tables
network.py    a Keras model from a recipe, and its layer table
training.py   loss, optimizer, callbacks and targets from a recipe
own_code.py   `module:function`, the user's own code
sizes.py      how large a model would be, asked before memory is taken
keras_*.py    a .keras file from elsewhere, read as untrusted
"""
