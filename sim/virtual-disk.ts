// The disk of the execution that runs, as scenarios and invariants see it.

import type { Disk } from './disk/disk.js'
import { execution } from './execution.js'

/**
 * What instrumented code has written to files, as it is and as a power failure might leave it. `version` rises with every change, so that whoever
 * looks after each step may look only when something changed.
 */
export type DiskView = Pick<Disk, 'version' | 'view' | 'isNameDurable' | 'durableFiles'>

/** The disk that all peers share: one for all executions, empty when one begins. What `node:fs` shows to checks is the same disk, in its volatile half. */
export function virtualDisk(): DiskView {
  return execution.disk
}
