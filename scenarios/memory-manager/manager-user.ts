// One peer's use of a manager: each call tells the invariants what it is about to do and how it ended. What the manager refuses for reasons
// of its own is no failure of the scenario: such a call returns undefined or false, and `refusal` says why.

import type { PeerHandle } from 'heddle'
import { managerEvents } from '../../invariants/memory-manager/public.js'
import {
  type ConcurrentHeaderGuard,
  type ConcurrentMemoryManager,
  ConcurrentReadGuard,
  ConcurrentWriteGuard,
  LockTimeoutError,
  type MessageToken,
  PrimitiveError,
  type RecoverReport,
} from '../../primitives/memory-manager/public.js'

/** Longer than any wait slice, so that a time-out is one although the lock was looked at several times. */
const WAIT = { waitMsMax: 200 }
const RECOVER_WAIT = { waitMsMax: 60 }
const SLOTS = 65_536
const NOBODY: readonly number[] = []

export type AnyGuard = ConcurrentReadGuard | ConcurrentHeaderGuard | ConcurrentWriteGuard

export class ManagerUser {
  readonly manager: ConcurrentMemoryManager
  /** The id that this peer uses. */
  readonly as: number
  /** Code of the error that ended the last call; undefined where it returned. */
  refusal: string | undefined = undefined
  readonly #me: PeerHandle

  constructor(manager: ConcurrentMemoryManager, as: number, me: PeerHandle) {
    this.manager = manager
    this.as = as
    this.#me = me
  }

  /** undefined if no slot was free. */
  store(payload: Uint8Array): MessageToken | undefined {
    this.#me.event(managerEvents.STORING, { as: this.as })
    let token: MessageToken
    try {
      token = this.manager.storeShared({ header: { traceId: this.as }, payload }, this.as)
    } catch (error) {
      this.#refused(managerEvents.STORE_REFUSED, undefined, error)
      return undefined
    }
    this.refusal = undefined
    this.#me.event(managerEvents.STORED, this.#message(token))
    return token
  }

  read(token: MessageToken): ConcurrentReadGuard | undefined {
    this.#me.event(managerEvents.OPENING, this.#guard(token, 'read'))
    try {
      const guard = this.manager.readShared(token, this.as, WAIT)
      return this.#opened(guard)
    } catch (error) {
      this.#refused(managerEvents.OPEN_REFUSED, token, error)
      return undefined
    }
  }

  peek(token: MessageToken): ConcurrentHeaderGuard | undefined {
    this.#me.event(managerEvents.OPENING, this.#guard(token, 'header'))
    try {
      const guard = this.manager.peekHeader(token, this.as, WAIT)
      return this.#opened(guard)
    } catch (error) {
      this.#refused(managerEvents.OPEN_REFUSED, token, error)
      return undefined
    }
  }

  write(token: MessageToken): ConcurrentWriteGuard | undefined {
    this.#me.event(managerEvents.OPENING, this.#guard(token, 'write'))
    try {
      const guard = this.manager.readMutShared(token, this.as, WAIT)
      return this.#opened(guard)
    } catch (error) {
      this.#refused(managerEvents.OPEN_REFUSED, token, error)
      return undefined
    }
  }

  /** Changes both words of the payload, with a step between, and releases. */
  change(guard: ConcurrentWriteGuard, value: number): void {
    const { payload } = guard
    const half = payload.byteLength / 2
    payload.fill(value, 0, half)
    this.#me.step('writes the other half')
    payload.fill(value, half)
    this.release(guard)
  }

  /** Looks twice at the message, with a step between, and releases. */
  look(guard: ConcurrentReadGuard | ConcurrentHeaderGuard): void {
    this.#me.step('reads')
    this.#me.event(managerEvents.USED, this.#guard(guard.token, kindOf(guard)))
    this.release(guard)
  }

  release(guard: AnyGuard): void {
    const data = this.#guard(guard.token, kindOf(guard))
    this.#me.event(managerEvents.RELEASING, data)
    guard.release()
    this.#me.event(managerEvents.RELEASED, data)
  }

  /** `withWrite` with a callback that changes half of the payload and throws; says whether it came that far. */
  failToWrite(token: MessageToken, value: number): boolean {
    const data = this.#guard(token, 'write')
    const failure = new Error('the writer fails')
    this.#me.event(managerEvents.OPENING, data)
    try {
      this.manager.withWrite(
        token,
        this.as,
        (guard) => {
          this.#me.event(managerEvents.OPENED, data)
          guard.payload.fill(value, 0, guard.payload.byteLength / 2)
          this.#me.step('fails')
          this.#me.event(managerEvents.POISONING, data)
          throw failure
        },
        WAIT,
      )
    } catch (error) {
      if (error === failure) {
        this.#me.event(managerEvents.POISONED, data)
        return true
      }
      this.#refused(managerEvents.OPEN_REFUSED, token, error)
    }
    return false
  }

  /** Says whether it was this call that freed the message. */
  free(token: MessageToken): boolean {
    const data = this.#message(token)
    this.#me.event(managerEvents.FREEING, data)
    try {
      this.manager.freeShared(token, this.as, WAIT)
    } catch (error) {
      this.#refused(managerEvents.FREE_REFUSED, token, error)
      return false
    }
    this.refusal = undefined
    this.#me.event(managerEvents.FREED, data)
    return true
  }

  /** Says whether the message was still there. */
  adopt(token: MessageToken): boolean {
    const data = this.#message(token)
    this.#me.event(managerEvents.ADOPTING, data)
    try {
      this.manager.adopt(token, this.as)
    } catch (error) {
      this.#refused(managerEvents.ADOPT_REFUSED, token, error)
      return false
    }
    this.refusal = undefined
    this.#me.event(managerEvents.ADOPTED, data)
    return true
  }

  recover(peer: number): RecoverReport {
    const data = { as: this.as, peer }
    this.#me.event(managerEvents.RECOVERING, data)
    const report = this.manager.recoverPeer(peer, this.as, RECOVER_WAIT)
    this.#me.event(report.complete ? managerEvents.RECOVERED : managerEvents.RECOVER_BLOCKED, data)
    return report
  }

  #opened<G extends AnyGuard>(guard: G): G {
    this.refusal = undefined
    this.#me.event(managerEvents.OPENED, this.#guard(guard.token, kindOf(guard)))
    return guard
  }

  /** Errors that are not the manager's own, or that say that its memory is corrupt, go on. */
  #refused(event: string, token: MessageToken | undefined, error: unknown): void {
    if (!(error instanceof PrimitiveError) || !error.code.startsWith('MM_')) throw error
    this.refusal = error.code
    const code = error.code
    const blockers = error instanceof LockTimeoutError ? blockersOf(error) : NOBODY
    const data = token === undefined ? { as: this.as, code, blockers } : { as: this.as, slot: slotOf(token), generation: generationOf(token), code, blockers }
    this.#me.event(event, data)
  }

  // Written out: to copy an object and add to it costs as much as ten steps.

  #message(token: MessageToken) {
    return { as: this.as, slot: slotOf(token), generation: generationOf(token) }
  }

  #guard(token: MessageToken, kind: managerEvents.GuardKind) {
    return { as: this.as, slot: slotOf(token), generation: generationOf(token), kind }
  }
}

function slotOf(token: MessageToken): number {
  return token % SLOTS
}

function generationOf(token: MessageToken): number {
  return Math.floor(token / SLOTS)
}

function kindOf(guard: AnyGuard): managerEvents.GuardKind {
  if (guard instanceof ConcurrentWriteGuard) return 'write'
  return guard instanceof ConcurrentReadGuard ? 'read' : 'header'
}

function blockersOf({ readers, writer, pending }: LockTimeoutError): number[] {
  const blockers = [...readers]
  if (writer !== undefined) blockers.push(writer)
  if (pending !== undefined) blockers.push(pending)
  return blockers
}
