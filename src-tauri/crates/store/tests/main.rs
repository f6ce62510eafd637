//! What the store promises, tried on real files, real disks and killed processes.

mod desk;
mod opening;
