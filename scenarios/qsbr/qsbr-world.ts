// What the qsbr scenarios share: a manager with one handle for each peer, and links to objects that peers unlink and retire.

import type { DeadPeer, PeerHandle } from 'heddle'
import { ManagerMemory, type QsbrView, qsbrEvents } from '../../invariants/qsbr/public.js'
import type { LocalManager, QsbrOptions, SharedManager } from '../../primitives/qsbr/public.js'
import { MEETINGS, requireCode } from './executor-user.js'
import { Meetings } from './meetings.js'
import type { Subject } from './subject.js'

export interface QsbrWorld extends QsbrView {
  readonly memory: ManagerMemory
  /** One handle for each peer, and one more for the host. Peer n registers under executor id n. */
  readonly managers: readonly SharedManager[]
  /** By peer: its local manager, from its registration on. */
  readonly executors: (LocalManager | undefined)[]
  /** The protected structure: each link holds an object's number, or 0. */
  readonly links: Int32Array
  /** The number of the next object. */
  nextObject: number
  /** Where peers wait for each other. */
  readonly meetings: Meetings
}

/** Where the invariants find what they look at. */
export const viewOf = (world: QsbrWorld): QsbrView => world

/** Links of every world; scenarios need not use both. */
const LINK_COUNT = 2

/** A manager for `peers` executors, of whom nobody is registered yet. The first `linked` links lead to objects 1, 2. */
export function qsbrWorld(subject: Subject, peers: number, linked = LINK_COUNT, options: QsbrOptions = { epochMsMin: 0 }): QsbrWorld {
  const buffer = new SharedArrayBuffer(subject.manager.byteLength())
  const managers = [subject.manager.init(buffer, 0, options)]
  while (managers.length <= peers) managers.push(subject.manager.attach(buffer, 0))
  const links = new Int32Array(new SharedArrayBuffer(4 * LINK_COUNT))
  for (let link = 0; link < linked; link++) links[link] = link + 1
  return {
    memory: new ManagerMemory(buffer),
    managers,
    executors: Array.from({ length: peers }, () => undefined),
    links,
    nextObject: LINK_COUNT + 1,
    meetings: new Meetings(peers, MEETINGS),
  }
}

/** Names the shared words in reports. */
export function locate(world: QsbrWorld, buffer: ArrayBufferLike, byteOffset: number): string | undefined {
  if (buffer === world.memory.buffer) return world.memory.nameOf(byteOffset)
  return buffer === world.links.buffer ? `link ${byteOffset / 4}` : undefined
}

/** The state shown in reports. */
export function describe(world: QsbrWorld): Readonly<Record<string, unknown>> {
  const executors: Record<string, unknown> = {}
  for (const [peer, executor] of world.executors.entries()) {
    if (executor === undefined) continue
    const { phase, localEpoch, passed, openSize, closedBags } = executor.inspect()
    const bags = [...closedBags.map((bag) => `${bag.size} of epoch ${bag.tag}`), ...(openSize > 0 ? [`${openSize} open`] : [])]
    executors[`peer ${peer}`] = `${phase}, epoch ${localEpoch}${passed ? ', passed' : ''}${bags.length > 0 ? `, bags: ${bags.join(', ')}` : ''}`
  }
  return { ...world.memory.describe(), ...executors }
}

/** The host removes a dead peer, if it is registered; returns the grace epoch then. */
export function evict(world: QsbrWorld, dead: DeadPeer, me: PeerHandle): number | undefined {
  const host = world.managers.at(-1) as SharedManager
  const { memory } = world
  const bit = 1 << dead.id
  me.sometimes('died pending', (memory.pending & bit) !== 0)
  me.sometimes('died after it had passed', (memory.registered & ~memory.pending & bit) !== 0)
  me.sometimes('died unregistered', (memory.registered & bit) === 0)
  me.event(qsbrEvents.EVICTING, dead.id)
  let grace: number | undefined
  try {
    grace = host.forceDeregister(dead.id)
  } catch (error) {
    requireCode(error, 'QSBR_NOT_REGISTERED')
  }
  me.event(qsbrEvents.EVICTED, dead.id)
  return grace
}
