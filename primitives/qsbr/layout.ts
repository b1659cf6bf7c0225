// The 64 bytes of a manager, and what a handle keeps of them.
//
//   +0   magic "QSR1"
//   +4   layout version
//   +8   executor capacity
//   +12  shortest time between two passes of one executor, in ms
//   +16  the word (epoch-word.ts): the only one that changes
//   rest zero

import { requireInteger, requireObject } from '../argument-checks.js'
import {
  BLOCK_ALIGNMENT,
  blankBlock,
  HEADER_MAGIC_WORD,
  HEADER_VERSION_WORD,
  LAYOUT_VERSION,
  loadBlock,
  requireInside,
  requireMagic,
  requireZeroed,
  storeBlock,
} from '../block-format.js'
import { BadLayoutError } from '../errors.js'
import { EpochSteps } from './epoch-steps.js'
import { EXECUTOR_CAPACITY_MAX } from './epoch-word.js'

export interface QsbrOptions {
  /** How many executors may be registered at a time: 1 to 16, default 16. */
  readonly executorCapacity?: number
  /** Shortest time between two passes of one executor, in ms: 0 to 60,000, default 10. */
  readonly epochMsMin?: number
}

/** "QSR1" in little-endian bytes. */
const MAGIC = 0x31525351
/** Bytes of a manager. */
export const MANAGER_BYTES = BLOCK_ALIGNMENT
const HEADER_EXECUTOR_CAPACITY_WORD = 2
const HEADER_EPOCH_MS_MIN_WORD = 3
const EPOCH_MS_MIN_MAX = 60_000
const EPOCH_MS_MIN_DEFAULT = 10

/** One handle's view of a manager. */
export interface QsbrMemory {
  readonly buffer: SharedArrayBuffer
  /** Bytes from the begin of the buffer to the manager. */
  readonly byteOffset: number
  /** The operations on the word. */
  readonly steps: EpochSteps
  readonly executorCapacity: number
  readonly epochMsMin: number
}

/** The options with their defaults. Throws BadArgumentError. */
export function checkedOptions(options: QsbrOptions | undefined): Required<QsbrOptions> {
  if (options !== undefined) requireObject('options', options)
  const { executorCapacity = EXECUTOR_CAPACITY_MAX, epochMsMin = EPOCH_MS_MIN_DEFAULT } = options ?? {}
  requireInteger('executorCapacity', executorCapacity, 1, EXECUTOR_CAPACITY_MAX)
  requireInteger('epochMsMin', epochMsMin, 0, EPOCH_MS_MIN_MAX)
  return { executorCapacity, epochMsMin }
}

/** Writes the format into zeroed memory, the magic last: epoch 0, nobody registered. Throws BadLayoutError. */
export function formatManager(buffer: SharedArrayBuffer, byteOffset: number, options: Required<QsbrOptions>): void {
  requireInside(buffer, byteOffset, MANAGER_BYTES)
  const words = new Int32Array(buffer, byteOffset, MANAGER_BYTES / 4)
  requireZeroed(words, byteOffset, MAGIC, 'a qsbr manager')
  const block = blankBlock(MANAGER_BYTES / 4)
  block[HEADER_VERSION_WORD] = LAYOUT_VERSION
  block[HEADER_EXECUTOR_CAPACITY_WORD] = options.executorCapacity
  block[HEADER_EPOCH_MS_MIN_WORD] = options.epochMsMin
  storeBlock(words, 0, block)
  Atomics.store(words, HEADER_MAGIC_WORD, MAGIC)
}

/** Opens a formatted manager. Writes nothing. Throws BadLayoutError. */
export function openManager(buffer: SharedArrayBuffer, byteOffset: number): QsbrMemory {
  requireInside(buffer, byteOffset, MANAGER_BYTES)
  const words = new Int32Array(buffer, byteOffset, MANAGER_BYTES / 4)
  const header = loadBlock(words, 0, HEADER_EPOCH_MS_MIN_WORD + 1)
  requireMagic(header, byteOffset, MAGIC)
  const executorCapacity = header[HEADER_EXECUTOR_CAPACITY_WORD] as number
  const epochMsMin = header[HEADER_EPOCH_MS_MIN_WORD] as number
  if (executorCapacity < 1 || executorCapacity > EXECUTOR_CAPACITY_MAX)
    throw new BadLayoutError(`expected an executor capacity of 1 to ${EXECUTOR_CAPACITY_MAX} in the header, got ${executorCapacity}`)
  if (epochMsMin < 0 || epochMsMin > EPOCH_MS_MIN_MAX)
    throw new BadLayoutError(`expected an epochMsMin of 0 to ${EPOCH_MS_MIN_MAX} in the header, got ${epochMsMin}`)
  return {
    buffer,
    byteOffset,
    steps: new EpochSteps(new BigInt64Array(buffer, byteOffset, MANAGER_BYTES / 8)),
    executorCapacity,
    epochMsMin,
  }
}
