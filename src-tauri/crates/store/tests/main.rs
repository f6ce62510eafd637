//! What the store promises, tried on real files, real disks and killed processes.

#[cfg(test)]
mod backup;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod disk;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod leak;
#[cfg(test)]
mod mirror;
#[cfg(test)]
mod mirror_trouble;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod promise;
#[cfg(test)]
mod pulled;
#[cfg(test)]
mod search;
#[cfg(test)]
mod tamper;
#[cfg(test)]
mod worker;
