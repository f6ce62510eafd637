//! Drives a made-up person through a procedure.
