//! The shipped profiles against the written procedures, the broken ones against their first line, and the reference.

mod broken;
mod duty;
mod mutation;
mod reference;
mod shipped;
