// Operations: what one step does. The scheduler and the strategies know operations, never the primitive that runs them.

/** Kinds of operations, as the trace stores them: five bits. */
export const NONE = 0
export const LOAD = 1
export const STORE = 2
export const ADD = 3
export const SUB = 4
export const AND = 5
export const OR = 6
export const XOR = 7
export const EXCHANGE = 8
export const COMPARE_EXCHANGE = 9
/** A compareExchange that found another value. */
export const COMPARE_EXCHANGE_FAILED = 10
export const WAIT = 11
export const WAIT_ASYNC = 12
/** The return of an `Atomics.wait` that had blocked. */
export const WAKE = 13
export const NOTIFY = 14
export const CLOCK_READ = 15
export const SLEEP = 16
/** An explicit `me.step(label)`. */
export const LABEL = 17
/** The start of the next task of a peer's event loop. */
export const TASK = 18
/** Operations of the environment's actors. */
export const ADVANCE = 19
export const CRASH = 20
export const RESTART = 21
export const DECLARE_DEAD = 22
/** Operations on files: `open` and `close`. */
export const FILE_OPEN = 23
export const FILE_READ = 24
export const FILE_WRITE = 25
/** `fsync` and `fdatasync`. */
export const FILE_SYNC = 26
/** `ftruncate`: the size alone. */
export const FILE_SIZE = 27
/** What changes names: `rename`, `unlink`, `mkdir`, `rmdir`. */
export const FILE_NAME = 28
/** What only looks: `stat`, `access`, `readdir`. */
export const FILE_LOOK = 29
/** Operations of the environment on the disk: every peer ends; an error befalls the next operation. */
export const POWER_FAILURE = 30
export const DISK_ERROR = 31

const NAMES: Readonly<Record<number, string>> = {
  [LOAD]: 'load',
  [STORE]: 'store',
  [ADD]: 'add',
  [SUB]: 'sub',
  [AND]: 'and',
  [OR]: 'or',
  [XOR]: 'xor',
  [EXCHANGE]: 'exchange',
  [COMPARE_EXCHANGE]: 'compareExchange',
  [COMPARE_EXCHANGE_FAILED]: 'compareExchange',
  [WAIT]: 'wait',
  [WAIT_ASYNC]: 'waitAsync',
  [WAKE]: 'wake',
  [NOTIFY]: 'notify',
  [CLOCK_READ]: 'clock read',
  [SLEEP]: 'sleep',
  [LABEL]: 'step',
  [TASK]: 'task',
  [ADVANCE]: 'advance',
  [CRASH]: 'crash',
  [RESTART]: 'restart',
  [DECLARE_DEAD]: 'declare dead',
  [FILE_OPEN]: 'open',
  [FILE_READ]: 'read',
  [FILE_WRITE]: 'write',
  [FILE_SYNC]: 'sync',
  [FILE_SIZE]: 'truncate',
  [FILE_NAME]: 'change of names',
  [FILE_LOOK]: 'look',
  [POWER_FAILURE]: 'power failure',
  [DISK_ERROR]: 'disk error',
}

/** The operation's name as reports and recordings show it. */
export function operationName(kind: number): string {
  const name = NAMES[kind]
  if (name === undefined) throw new Error(`heddle internal: no operation of kind ${kind}`)
  return name
}

/** Whether an operation of this kind, done, may have changed shared memory or woken somebody. */
export function changesState(kind: number): boolean {
  return CHANGING[kind] === 1
}

const CHANGING = Uint8Array.from({ length: 32 }, (_, kind) => (isChanging(kind) ? 1 : 0))

function isChanging(kind: number): boolean {
  if (kind >= STORE && kind <= COMPARE_EXCHANGE) return true
  if (kind === NOTIFY || kind === SLEEP || kind === TASK || kind === WAKE) return true
  return kind >= ADVANCE && kind !== FILE_READ && kind !== FILE_LOOK
}

/** An index as the standard reads it: `'2'` and 2.9 are 2. */
export function integerIndex(index: unknown): number {
  return Math.trunc(Number(index)) || 0
}

/** Whether an operation of this kind is done to the disk. */
export function isOnDisk(kind: number): boolean {
  return kind >= FILE_OPEN && kind <= FILE_LOOK
}

/** Whether an operation of this kind names a location of shared memory. */
export function touchesMemory(kind: number): boolean {
  return (kind >= LOAD && kind <= WAIT_ASYNC) || kind === NOTIFY
}
