// Who plays in the executions of a subject: its peers, each with its code and its `me`, and the recoveries that faults bring in.

import { Actor, ENVIRONMENT_FIRST, RECOVERY_FIRST } from './actor.js'
import type { Execution } from './execution.js'
import { peerHandle } from './peer-handle.js'
import { type PeerHandle, peerFunction, type Scenario } from './scenario.js'

/** Code of the user's, before it is known whether it can be stepped. */
export type Code = (this: unknown, ...args: unknown[]) => unknown

const RECOVERIES_MAX = ENVIRONMENT_FIRST - RECOVERY_FIRST

export class Cast {
  readonly peers: Actor[] = []
  /** Peers and recoveries of this execution. */
  readonly everybody: Actor[] = []
  readonly #execution: Execution
  readonly #code: Code[] = []
  /** In the order of their first use; so many of them play in this execution. */
  readonly #recoveries: Actor[] = []
  #recoveryCount = 0
  readonly #handles = new Map<Actor, PeerHandle>()

  constructor(execution: Execution) {
    this.#execution = execution
  }

  /** Takes a subject: its peers are there from now on. */
  load(subject: Scenario): void {
    this.peers.length = 0
    this.everybody.length = 0
    this.#code.length = 0
    this.#recoveries.length = 0
    this.#recoveryCount = 0
    this.#handles.clear()
    for (const [id, kind] of subject.kinds.entries()) {
      const peer = this.#engage(new Actor(id, kind, peerName(subject, id)))
      this.peers.push(peer)
      this.everybody.push(peer)
      this.#code.push(peerFunction(subject, kind) as Code)
    }
  }

  /** A new execution: every peer as before its first step, and no recovery. */
  reset(): void {
    for (; this.#recoveryCount > 0; this.#recoveryCount--) this.everybody.pop()
    for (let i = 0; i < this.peers.length; i++) (this.peers[i] as Actor).reset()
  }

  codeOf(peer: Actor): Code {
    return this.#code[peer.id] as Code
  }

  handleOf(actor: Actor): PeerHandle {
    return this.#handles.get(actor) as PeerHandle
  }

  /** One recovery more; undefined where there are as many as a trace can tell apart. */
  addRecovery(): Actor | undefined {
    const at = this.#recoveryCount
    if (at === RECOVERIES_MAX) return undefined
    this.#recoveryCount++
    if (at === this.#recoveries.length)
      this.#recoveries.push(this.#engage(new Actor(RECOVERY_FIRST + at, 'recovery', at === 0 ? 'recovery' : `recovery ${at + 1}`)))
    const recovery = this.#recoveries[at] as Actor
    recovery.reset()
    this.everybody.push(recovery)
    return recovery
  }

  #engage(actor: Actor): Actor {
    this.#handles.set(actor, peerHandle(this.#execution, actor))
    return actor
  }
}

function peerName(subject: Scenario, id: number): string {
  const kind = subject.kinds[id] as string
  const first = subject.kinds.indexOf(kind)
  return first === subject.kinds.lastIndexOf(kind) ? kind : `${kind} ${id - first}`
}
