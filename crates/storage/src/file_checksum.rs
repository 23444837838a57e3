//! Checksum of a file of the content folder.

use std::io::{self, Read};

use passerelle_model::checksum::{Checksum, ChecksumBuilder};

/// Size of the buffer in bytes.
const BUFFER_BYTES: usize = 64 * 1024;

/// Computes the checksum of a stream in constant memory. The watcher stores it, and the server of files
/// compares it with the stored one.
pub fn checksum_of_reader(mut reader: impl Read) -> io::Result<Checksum> {
    let (mut checksum, mut buffer) = (ChecksumBuilder::default(), vec![0; BUFFER_BYTES]);
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(checksum.finish()),
            Ok(length) => checksum.update(&buffer[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
