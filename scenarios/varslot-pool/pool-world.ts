// What the slot-pool scenarios share: a pool with one handle for each id, and how a host recovers a dead peer.

import type { DeadPeer, PeerHandle } from 'heddle'
import { SlotMemory } from 'heddle/invariants'
import type { SizeClassConfig } from 'heddle/primitives/varslot-pool'
import type { SlotPool } from '../known-bad/varslot-pool/slot-pool.js'
import { SlotUser } from './slot-user.js'
import type { Subject } from './subject.js'

export interface PoolWorld {
  readonly buffer: SharedArrayBuffer
  readonly memory: SlotMemory
  /** One handle for each pool id, joined. Simulated peer n uses id n; the ids above are the hosts'. */
  readonly pools: readonly SlotPool[]
}

/** Where the invariants find the pool. */
export const memoryOf = (world: PoolWorld): SlotMemory => world.memory

/** Names the pool's words in reports. */
export function locate(world: PoolWorld, buffer: ArrayBufferLike, byteOffset: number): string | undefined {
  return buffer === world.buffer ? world.memory.nameOf(byteOffset) : undefined
}

/** Bytes of the slots in scenarios with one class. */
export const SLOT_SIZE = 64

/** How often a host asks for a reclaim that others keep from completing. */
const RECLAIM_ATTEMPTS_MAX = 20

/** A fresh pool whose ids 0 to `ids - 1` are joined; it may have room for more. */
export function poolWorld(subject: Subject, configs: readonly SizeClassConfig[], ids: number, peerCapacity: number = ids): PoolWorld {
  const options = { peerCapacity }
  const buffer = new SharedArrayBuffer(subject.pool.requiredSize(configs, options))
  const pools: SlotPool[] = [subject.pool.init(buffer, 0, configs, options)]
  while (pools.length < ids) pools.push(subject.pool.attach(buffer, 0, configs))
  for (let id = 0; id < ids; id++) (pools[id] as SlotPool).joinPeer(id)
  return { buffer, memory: new SlotMemory(buffer), pools }
}

/** A pool with one class. */
export function smallWorld(subject: Subject, slotCount: number, ids: number, peerCapacity?: number): PoolWorld {
  return poolWorld(subject, [{ slotSize: SLOT_SIZE, slotCount }], ids, peerCapacity)
}

/** The peer's use of the pool under its own id, or under another. */
export function userOf(world: PoolWorld, me: PeerHandle, id: number = me.id): SlotUser {
  return new SlotUser(world.pools[id] as SlotPool, id, me)
}

/** The host declares the peer dead and takes back what it had; false if it gave up. Acts under the pool id `host`. */
export function recoverPeer(world: PoolWorld, dead: DeadPeer, host: number, me: PeerHandle): boolean {
  me.sometimes('crashed in limbo', world.memory.namesLimbo(dead.id))
  const pool = world.pools[host] as SlotPool
  pool.declarePeerDead(dead.id, host)
  return reclaimUntilComplete(userOf(world, me, host), dead.id, me)
}

/** Reclaims until it is complete; between two tries others get on. False after many tries. */
export function reclaimUntilComplete(host: SlotUser, peer: number, me: PeerHandle): boolean {
  for (let attempt = 0; attempt < RECLAIM_ATTEMPTS_MAX; attempt++) {
    const report = host.reclaim(peer)
    me.sometimes('reclaim freed a slot', report.freedSlots > 0)
    me.sometimes('reclaim recovered a slot in limbo', report.recoveredLimbo > 0)
    me.sometimes('reclaim was blocked', !report.complete)
    if (report.complete) return true
    me.sleep(1)
  }
  return false
}
