"""Where pictures come from, and whether they are sound.

Its noun is `Dataset` (`dataset.py`), its one door is `load` (`load.py`). It knows nothing of recipes, training or runs.
"""
