"""The days of training, cut into folds, become hyperparameters."""
