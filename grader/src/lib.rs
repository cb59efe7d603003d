/*! Grades submissions of the course's assignments. It is not the command line: that is `main.rs`. */

pub mod sandbox;
