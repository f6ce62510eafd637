//! The one API of the station, for the window and the command line alike.
pub mod problem;
pub mod view;
