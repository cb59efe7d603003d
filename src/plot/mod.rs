/*! Figures with plotters. */
