//! A network device whose other end is this program.

use std::fs::File;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use rustix::ioctl::{Setter, ioctl};

/// Its name in each place.
pub(super) const DEVICE: &str = "line";
/// `TUNSETIFF` of `linux/if_tun.h`.
const SET_INTERFACE: u32 = 0x4004_54ca;
/// `IFF_TUN | IFF_NO_PI`: packets of IP, and nothing before them.
const IP_ALONE: u16 = 0x1001;

/// `struct ifreq` of `linux/if.h`, as far as it is used.
#[repr(C)]
struct Interface {
    name: [u8; 16],
    flags: u16,
    rest: [u8; 22],
}

/// Makes the device in the place of this thread, with one neighbour.
pub(super) fn open(address: &str, neighbour: &str) -> Result<File> {
    let device = File::options().read(true).write(true).open("/dev/net/tun").context("/dev/net/tun")?;
    let mut name = [0; 16];
    for (to, from) in name.iter_mut().zip(DEVICE.bytes()) {
        *to = from;
    }
    let interface = Interface { name, flags: IP_ALONE, rest: [0; 22] };
    #[expect(
        unsafe_code,
        reason = "a device of one's own can be had no other way; the structure is the kernel's"
    )]
    unsafe { ioctl(&device, Setter::<SET_INTERFACE, Interface>::new(interface)) }.context("a TUN device")?;
    ip(&["address", "add", address, "peer", neighbour, "dev", DEVICE])?;
    ip(&["link", "set", DEVICE, "up"])?;
    ip(&["link", "set", "lo", "up"])?;
    Ok(device)
}

/// The program `ip`, in the place of this thread.
pub(super) fn ip(arguments: &[&str]) -> Result<()> {
    let output = Command::new("ip").args(arguments).output().context("the program ip: package iproute2")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "ip {}: {said}", arguments.join(" "));
    Ok(())
}
