"""What importing Keras through Tenfold saves, and that nothing of Keras is lost by it."""

import subprocess
import sys


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
