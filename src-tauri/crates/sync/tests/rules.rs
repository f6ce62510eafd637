//! Every rule of delivery as a sentence, against the engine alone.

#[cfg(test)]
#[path = "desk/delivery.rs"]
mod delivery;
#[cfg(test)]
#[path = "desk/desk.rs"]
mod desk;
#[cfg(test)]
#[path = "desk/receipt.rs"]
mod receipt;
