// The errors that every primitive throws. Each has a stable `code`; the message says what was expected and what came.
// Bad input throws before the first write to shared memory, so nothing is changed.

import type { PeerState } from './peer-table.js'

/** What every error of a primitive is an instance of. */
export class PrimitiveError extends Error {
  override readonly name: string = 'PrimitiveError'
  /** Stable, upper case: what a program compares. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** `BAD_ARGUMENT`: an argument of the wrong type, not an integer, or out of its range. */
export class BadArgumentError extends PrimitiveError {
  override readonly name: string = 'BadArgumentError'
  /** Name of the argument, with the path inside it: `configs[2].slotSize`. */
  readonly argument: string
  /** What came. */
  readonly value: unknown

  /** @param expected completes "expected ARGUMENT to be" */
  constructor(argument: string, value: unknown, expected: string) {
    super('BAD_ARGUMENT', `expected ${argument} to be ${expected}, got ${show(value)}`)
    this.argument = argument
    this.value = value
  }
}

/** `BAD_LAYOUT`: misaligned, outside the buffer, wrong magic, version or size, or already formatted. */
export class BadLayoutError extends PrimitiveError {
  override readonly name: string = 'BadLayoutError'

  constructor(message: string) {
    super('BAD_LAYOUT', message)
  }
}

/** `RELEASED`: a guard or a handle was used after its release. */
export class ReleasedError extends PrimitiveError {
  override readonly name: string = 'ReleasedError'

  /** @param what what was released: `the write guard of slot 3` */
  constructor(what: string) {
    super('RELEASED', `expected ${what} to be open, got one that was released`)
  }
}

/** `PEER_STATE`: a peer is not LIVE where it must be, LIVE where it must be DEAD, its id is in use, or it reclaims itself. */
export class PeerStateError extends PrimitiveError {
  override readonly name: string = 'PeerStateError'
  readonly peer: number
  /** The state that the peer was found in. */
  readonly state: PeerState

  /** @param expected completes "expected peer N to be" */
  constructor(peer: number, state: PeerState, expected: string) {
    super('PEER_STATE', `expected peer ${peer} to be ${expected}, got it ${state.toUpperCase()}`)
    this.peer = peer
    this.state = state
  }
}

/** `CORRUPT_STATE`: a shared word has a value that the protocol cannot produce. The operation stopped where it was. */
export class CorruptStateError extends PrimitiveError {
  override readonly name: string = 'CorruptStateError'

  constructor(message: string) {
    super('CORRUPT_STATE', message)
  }
}

/** Shows any value in a message, without throwing. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
    case 'bigint':
      return `${value}n`
    case 'function':
      return 'a function'
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? `an array of ${value.length}` : 'an object'
    default:
      return String(value)
  }
}
