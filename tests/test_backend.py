"""What importing Keras through Tenfold saves, and that nothing of Keras is lost by it."""

import json
import subprocess
import sys

import pytest


def python(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_keras_wakes_on_jax_without_scikit_learn_and_gives_its_wrappers_when_asked():
    said = python(
        "import sys, os; os.environ['KERAS_BACKEND'] = 'tensorflow'\n"
        "from tenfold.backend import keras\n"
        "print(keras.backend.backend(), 'sklearn' in sys.modules)\n"
        "from keras.wrappers import SKLearnClassifier\n"
        "print(SKLearnClassifier.__module__, 'sklearn' in sys.modules)\n"
        "import sklearn.base\n"
        "print(issubclass(keras.wrappers.SKLearnClassifier, sklearn.base.ClassifierMixin))\n"
        "print('SKLearnRegressor' in dir(keras.wrappers), keras.wrappers.SKLearnRegressor.__name__)\n"
    )
    assert said == ["jax", "False", "keras.src.wrappers.sklearn_wrapper", "True", "True", "True", "SKLearnRegressor"]


def test_every_public_name_of_keras_is_there():
    said = python(
        "from tenfold.backend import keras\n"
        "import importlib, pkgutil\n"
        "packages = [m.name for m in pkgutil.iter_modules(keras.__path__) if m.ispkg and m.name[0] != '_']\n"
        "missing = [name for name in packages if not hasattr(keras, name)]\n"
        "print(len(packages) > 20, missing == [] or missing)\n"
    )
    assert said == ["True", "True"]


def test_keras_on_another_backend_is_refused_in_one_line():
    code = (
        "import sys, types\n"
        "keras = types.ModuleType('keras'); keras.backend = types.SimpleNamespace(backend=lambda: 'torch')\n"
        "sys.modules['keras'] = keras\n"
        "import tenfold.backend\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert "imported with the backend 'torch'; expected the backend 'jax'" in done.stderr


PUBLIC_NAMES = """
import importlib, json, pkgutil, keras
names = {}
for found in pkgutil.walk_packages(keras.__path__, "keras."):
    if not found.name.startswith(("keras.src", "keras._")):
        module = importlib.import_module(found.name)
        names[found.name] = {name: str(getattr(module, name)).partition(" at 0x")[0] for name in dir(module)
                             if not name.startswith("_")}
print(json.dumps(names))
"""


@pytest.mark.slow
def test_keras_is_the_same_as_without_tenfold():
    without, *with_tenfold = (
        subprocess.run([sys.executable, "-c", f"{first}\n{PUBLIC_NAMES}"], capture_output=True, text=True, check=True)
        for first in ("import os; os.environ['KERAS_BACKEND'] = 'jax'", "import tenfold.backend", "import tenfold")
    )
    names = json.loads(without.stdout)
    assert len(names) > 20
    assert sum(map(len, names.values())) > 1000
    assert [json.loads(each.stdout) == names for each in with_tenfold] == [True, True]


@pytest.mark.parametrize(
    "imports",
    [
        "import tenfold; import keras",
        *(
            pytest.param(each, marks=pytest.mark.slow)
            for each in (
                "import tenfold; import jax; import keras.wrappers",
                "import jax; import tenfold; from keras import layers; import keras",
                "import tenfold, importlib.util; importlib.util.find_spec('keras'); import jax, keras",
            )
        ),
    ],
)
def test_a_plain_import_of_keras_after_tenfold_is_as_quick_and_has_everything(imports):
    said = python(
        f"import sys; {imports}\n"
        "print(keras.backend.backend())\n"
        "print(*(name in sys.modules for name in ('sklearn', 'scipy.sparse.linalg', 'jax.experimental.pallas')))\n"
        "print(issubclass(keras.wrappers.SKLearnClassifier, keras.src.wrappers.sklearn_wrapper.SKLBase))\n"
        "import importlib; importlib.reload(keras)\n"
        "print(keras.wrappers.SKLearnClassifier.__module__, keras.visualization.plot_image_gallery.__name__)\n"
        "print(keras.Sequential([keras.layers.Dense(3)])(keras.ops.ones((1, 2))).shape == (1, 3))\n"
    )
    wrapper = "keras.src.wrappers.sklearn_wrapper"
    assert said == ["jax", "False", "False", "False", "True", wrapper, "plot_image_gallery", "True"]


@pytest.mark.slow
def test_keras_imported_before_tenfold_is_left_as_it_is():
    said = python(
        "import os, sys; os.environ['KERAS_BACKEND'] = 'jax'\n"
        "import keras; finders = list(sys.meta_path); import tenfold.backend\n"
        "print(sys.meta_path == finders, type(keras.wrappers).__name__, tenfold.backend.keras is keras)\n"
    )
    assert said == ["True", "module", "True"]


def test_what_is_put_off_is_there_when_it_is_wanted():
    """SciPy's sparse solvers behind JAX's, and the attention for TPUs with all of Pallas."""
    said = python(
        "import sys\n"
        "from tenfold.backend import keras\n"
        "print(*(name in sys.modules for name in ('sklearn', 'scipy.sparse.linalg', 'jax.experimental.pallas')))\n"
        "import numpy as np, jax.experimental.sparse as sparse\n"
        "one_hot = keras.ops.one_hot(np.array([1, 0]), 2, sparse=True)\n"
        "print(isinstance(one_hot, sparse.JAXSparse), keras.ops.is_tensor(one_hot))\n"
        "matrix = sparse.CSR.fromdense(2 * np.eye(2, dtype='float32'))\n"
        "solved = sparse.linalg.spsolve(matrix.data, matrix.indices, matrix.indptr, np.ones(2, 'float32'))\n"
        "print(solved.tolist() == [0.5, 0.5])\n"
        "from keras.src.backend.jax import nn\n"
        "print(nn.splash_attention_mask.CausalMask((4, 4)).shape == (4, 4))\n"
        "import jax.experimental.pallas.ops.tpu.splash_attention as package\n"
        "from jax.experimental.pallas.ops.tpu.splash_attention import splash_attention_kernel as kernel\n"
        "print(package.__file__.endswith('__init__.py'), kernel.SegmentIds is nn.splash_attention_kernel.SegmentIds)\n"
    )
    assert said == ["False"] * 3 + ["True"] * 6


def test_the_drawing_of_keras_is_there_when_it_is_wanted_and_takes_matplotlib_and_opencv_only_then(tmp_path):
    (tmp_path / "matplotlib").mkdir()
    for name in ("matplotlib/__init__", "matplotlib/pyplot", "matplotlib/patches", "cv2"):
        (tmp_path / f"{name}.py").write_text("")
    said = python(
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "import tenfold.backend, keras\n"
        "print('matplotlib' in sys.modules, 'cv2' in sys.modules)\n"
        "from keras.visualization import plot_bounding_box_gallery, plot_image_gallery\n"
        "print('matplotlib.pyplot' in sys.modules, 'cv2' in sys.modules)\n"
        "from keras.src.visualization import draw_bounding_boxes as boxes, plot_image_gallery as images\n"
        "print(images.plt is sys.modules['matplotlib.pyplot'], boxes.cv2 is sys.modules['cv2'])\n"
        "print(keras.visualization.plot_image_gallery is images.plot_image_gallery is plot_image_gallery)\n"
        "print(plot_bounding_box_gallery.__globals__['draw_bounding_boxes'] is boxes.draw_bounding_boxes)\n"
        "print(sys.modules['keras.visualization'].__file__.endswith('__init__.py'))\n"
    )
    assert said == ["False", "False"] + ["True"] * 7


def test_a_module_within_one_that_was_put_off_is_found():
    said = python(
        "import tenfold.backend, importlib\n"
        "import jax.experimental.pallas.ops.tpu.splash_attention.splash_attention_mask_info as info\n"
        "print(hasattr(info, 'process_mask'))\n"
        "try: import jax.experimental.sparse.linalg.nothing\n"
        "except ModuleNotFoundError: print('none')\n"
    )
    assert said == ["True", "none"]


@pytest.mark.parametrize("collecting", ["enable", "disable"])
def test_the_collection_of_garbage_is_left_as_it_was(collecting):
    said = python(f"import gc; gc.{collecting}()\nimport tenfold.backend\nprint(gc.isenabled())")
    assert said == [str(collecting == "enable")]
