// What the memory-manager scenarios share: a manager with one handle for each id, and how a host recovers a dead peer.

import type { DeadPeer, PeerHandle } from 'heddle'
import { ManagerWords } from '../../invariants/memory-manager/public.js'
import type { ConcurrentMemoryManager, MessageToken } from '../../primitives/memory-manager/public.js'
import { ManagerUser } from './manager-user.js'
import type { Subject } from './subject.js'

/** Two words of 32 bits. */
export const PAYLOAD_BYTES = 8

/** A fresh manager whose ids are joined. What a scenario has besides stands in a class that extends this. */
export class ManagerWorld {
  readonly buffer: SharedArrayBuffer
  readonly memory: ManagerWords
  /** One handle for each id, joined. Simulated peer n uses id n; the ids above are the hosts'. */
  readonly managers: readonly ConcurrentMemoryManager[]

  constructor({ manager }: Subject, capacity: number, ids: number) {
    const options = { payloadBytesMax: PAYLOAD_BYTES, peerCapacity: ids }
    const buffer = new SharedArrayBuffer(manager.byteLength(capacity, options))
    const managers = [manager.init(buffer, 0, capacity, options)]
    while (managers.length < ids) managers.push(manager.attach(buffer, 0))
    for (let id = 0; id < ids; id++) (managers[id] as ConcurrentMemoryManager).joinPeer(id)
    this.buffer = buffer
    this.memory = new ManagerWords(buffer)
    this.managers = managers
  }

  /** A message with this value that the peer stored before the execution. */
  protected stored(peer: number, value: number): MessageToken {
    return (this.managers[peer] as ConcurrentMemoryManager).storeShared({ header: {}, payload: payloadOf(value) }, peer)
  }
}

/** Where the invariants find the manager. */
export const memoryOf = (world: ManagerWorld): ManagerWords => world.memory

/** What the manager says of its free slots. */
export const availableOf = (world: ManagerWorld): number => (world.managers[0] as ConcurrentMemoryManager).available()

/** Names the manager's words in reports. */
export function locate(world: ManagerWorld, buffer: ArrayBufferLike, byteOffset: number): string | undefined {
  return buffer === world.buffer ? world.memory.nameOf(byteOffset) : undefined
}

/** How often a host asks for a recovery that others keep from completing. */
const RECOVER_ATTEMPTS_MAX = 20

/** A payload of two equal words. */
export function payloadOf(value: number): Uint8Array {
  return new Uint8Array(PAYLOAD_BYTES).fill(value)
}

/** The peer's use of the manager under its own id, or under another. */
export function userOf(world: ManagerWorld, me: PeerHandle, id: number = me.id): ManagerUser {
  return new ManagerUser(world.managers[id] as ConcurrentMemoryManager, id, me)
}

/** The host declares the peer dead and recovers it; false if it gave up. Acts under the id `host`. */
export function recoverPeer(world: ManagerWorld, dead: DeadPeer, host: number, me: PeerHandle): boolean {
  me.sometimes('crashed in limbo', world.memory.namesLimbo(dead.id))
  const manager = world.managers[host] as ConcurrentMemoryManager
  manager.declarePeerDead(dead.id, host)
  const user = userOf(world, me, host)
  for (let attempt = 0; attempt < RECOVER_ATTEMPTS_MAX; attempt++) {
    const report = user.recover(dead.id)
    me.sometimes('recovery released a lock', report.locksReleased > 0)
    me.sometimes('recovery poisoned a message', report.poisonedSlots > 0)
    me.sometimes('recovery freed a message', report.freedSlots > 0)
    me.sometimes('recovery put back a slot in limbo', report.recoveredLimbo > 0)
    me.sometimes('recovery was blocked', !report.complete)
    if (report.complete) return true
    // Others get on between two tries.
    me.sleep(1)
  }
  return false
}
