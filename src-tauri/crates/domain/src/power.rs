//! Where the station's power comes from.
