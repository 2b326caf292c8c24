"""The names of Keras' own that recipes and strangers' .keras files may use. Everything else is refused.

The lists are written out, not read from Keras, so that a new Keras release adds nothing to them unseen. Left out on
purpose: what runs code (Lambda, TorchModuleWrapper, TFSMLayer, JaxLayer, FlaxLayer), what reads files or needs
TensorFlow (StringLookup, IntegerLookup, TextVectorization, Hashing, HashedCrossing), what repeats itself in Python as
often as a file asks (RandAugment, AugMix, Equalization), what is only a base class, and what is not for pictures and
their classes (sound, bounding boxes, mixing of labels).

This module holds names and finds the nearest. It imports no Keras; a test holds every name against the installed one.
"""

from __future__ import annotations

from collections.abc import Iterable


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LAYERS = words(
    # the everyday ones
    "Dense Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose DepthwiseConv1D DepthwiseConv2D "
    "SeparableConv1D SeparableConv2D EinsumDense Embedding Identity Activation "
    # activations as layers
    "ReLU LeakyReLU PReLU ELU Softmax "
    # shapes
    "Flatten Reshape Permute RepeatVector Cropping1D Cropping2D Cropping3D ZeroPadding1D ZeroPadding2D ZeroPadding3D "
    "UpSampling1D UpSampling2D UpSampling3D "
    # pooling
    "MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D GlobalMaxPooling1D "
    "GlobalMaxPooling2D GlobalMaxPooling3D GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D "
    "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D "
    "AdaptiveMaxPooling2D AdaptiveMaxPooling3D "
    # normalisation and regularisation
    "BatchNormalization LayerNormalization GroupNormalization RMSNormalization UnitNormalization "
    "SpectralNormalization Dropout AlphaDropout GaussianDropout GaussianNoise SpatialDropout1D SpatialDropout2D "
    "SpatialDropout3D ActivityRegularization "
    # recurrence and attention
    "LSTM GRU SimpleRNN LSTMCell GRUCell SimpleRNNCell StackedRNNCells RNN ConvLSTM1D ConvLSTM2D ConvLSTM3D "
    "Bidirectional TimeDistributed Masking Attention AdditiveAttention MultiHeadAttention GroupQueryAttention "
    # joining
    "Add Subtract Multiply Average Maximum Minimum Concatenate Dot "
    # pictures: sizes, values and augmentation
    "Rescaling Normalization Resizing CenterCrop RandomBrightness RandomColorDegeneration RandomColorJitter "
    "RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale "
    "RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation RandomSaturation RandomSharpness "
    "RandomShear RandomTranslation RandomZoom AutoContrast Solarization Pipeline"
)
INITIALIZERS = words(
    "Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity LecunNormal LecunUniform Ones Orthogonal "
    "RandomNormal RandomUniform TruncatedNormal VarianceScaling Zeros"
)
REGULARIZERS = words("L1 L1L2 L2 OrthogonalRegularizer")
CONSTRAINTS = words("MaxNorm MinMaxNorm NonNeg UnitNorm")
ACTIVATIONS = words(
    "celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear "
    "log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus "
    "sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold"
)
LOSSES = words(
    "BinaryCrossentropy BinaryFocalCrossentropy CategoricalCrossentropy CategoricalFocalCrossentropy "
    "CategoricalGeneralizedCrossEntropy CategoricalHinge CosineSimilarity Dice Hinge Huber KLDivergence LogCosh "
    "MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError Poisson "
    "SparseCategoricalCrossentropy SquaredHinge Tversky"
)
METRICS = words(
    "AUC Accuracy BinaryAccuracy BinaryCrossentropy CategoricalAccuracy CategoricalCrossentropy CategoricalHinge "
    "CosineSimilarity F1Score FBetaScore FalseNegatives FalsePositives Hinge KLDivergence LogCoshError Mean "
    "MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError Poisson Precision "
    "PrecisionAtRecall R2Score Recall RecallAtPrecision RootMeanSquaredError SensitivityAtSpecificity "
    "SparseCategoricalAccuracy SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy SpecificityAtSensitivity "
    "SquaredHinge TopKCategoricalAccuracy TrueNegatives TruePositives"
)
OPTIMIZERS = words(
    "Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion LossScaleOptimizer Muon Nadam RMSprop SGD "
    "ScheduleFreeAdamW"
)
SCHEDULES = words(
    "CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay PiecewiseConstantDecay PolynomialDecay"
)
LOSS_AND_METRIC_FUNCTIONS = words(
    "binary_accuracy binary_crossentropy binary_focal_crossentropy categorical_accuracy categorical_crossentropy "
    "categorical_focal_crossentropy categorical_generalized_cross_entropy categorical_hinge cosine_similarity dice "
    "hinge huber kl_divergence log_cosh mean_absolute_error mean_absolute_percentage_error mean_squared_error "
    "mean_squared_logarithmic_error poisson sparse_categorical_accuracy sparse_categorical_crossentropy "
    "sparse_top_k_categorical_accuracy squared_hinge top_k_categorical_accuracy tversky"
)

# In a recipe an object is a table whose first key says what it is: { layer = "Dense", units = 128 }.
KINDS = {
    "layer": LAYERS,
    "initializer": INITIALIZERS,
    "regularizer": REGULARIZERS,
    "constraint": CONSTRAINTS,
    "loss": LOSSES,
    "metric": METRICS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
}
ALIASES = {
    "acc": "Accuracy",
    "kld": "KLDivergence",
    "mae": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError",
    "mse": "MeanSquaredError",
    "msle": "MeanSquaredLogarithmicError",
    "maxpool1d": "MaxPooling1D",
    "maxpool2d": "MaxPooling2D",
    "maxpool3d": "MaxPooling3D",
    "avgpool1d": "AveragePooling1D",
    "avgpool2d": "AveragePooling2D",
    "avgpool3d": "AveragePooling3D",
}


def canonical(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that Keras means by `name`: "adam" and "Adam", "mean_squared_error" and "mse"."""
    plain = name.replace("_", "").lower()
    plain = ALIASES.get(plain, plain).lower()
    for known in names:
        if known.replace("_", "").lower() == plain:
            return known
    return None


def kind_of(table: Iterable[str]) -> str | None:
    """Which kind of Keras object a table describes: the first of its keys that is one of `KINDS`."""
    return next((key for key in table if key in KINDS), None)
