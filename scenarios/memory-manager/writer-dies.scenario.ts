// A peer that reads, changes and fails to free a message dies at any step; the host recovers it, and a reader takes what is left.

import { scenario } from 'heddle'
import { guardedBytesHold, nothingLeftOfTheDead, poisonMeansBrokenWrite } from '../../invariants/memory-manager/public.js'
import type { MessageToken } from '../../primitives/memory-manager/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { NoDirtyManager } from '../known-bad/memory-manager/no-dirty.js'
import { PoisonOnLockManager } from '../known-bad/memory-manager/poison-on-lock.js'
import { ReaderCountManager } from '../known-bad/memory-manager/reader-count.js'
import { locate, ManagerWorld, memoryOf, payloadOf, recoverPeer, userOf } from './manager-world.js'
import { good, type Subject } from './subject.js'

export class World extends ManagerWorld {
  /** Of the host's message. */
  readonly token: MessageToken
  /** Of the message before it in the same slot. */
  readonly staleToken: MessageToken

  constructor(subject: Subject) {
    super(subject, 1, 3)
    this.staleToken = this.stored(HOST, 1)
    this.managers[HOST]?.freeShared(this.staleToken, HOST)
    this.token = this.stored(HOST, 2)
  }
}

const HOST = 2
const READS = 3

export function writerDies(subject: Subject) {
  return scenario<World>(nameFor('mm-writer-dies', subject), {
    about: 'a writer dies between two words; the host recovers it, the reader reads, frees and stores',
    peers: { reader: 1, writer: 1 },
    setup: () => new World(subject),
    peer: {
      writer(world, me) {
        const user = userOf(world, me)
        const readGuard = user.read(world.token)
        if (readGuard !== undefined) user.look(readGuard)
        const guard = user.write(world.token)
        if (guard !== undefined) user.change(guard, 3)
        user.free(world.staleToken)
      },
      reader(world, me) {
        const user = userOf(world, me)
        for (let read = 0; read < READS; read++) {
          const guard = user.read(world.token)
          if (guard !== undefined) user.look(guard)
          if (user.refusal !== 'MM_POISONED') continue
          me.sometimes('found the message poisoned')
          const freed = user.free(world.token)
          if (freed) user.store(payloadOf(4))
          return
        }
      },
    },
    recover(world, dead, me) {
      recoverPeer(world, dead, HOST, me)
    },
    faults: { crashes: 1, victims: ['writer'] },
    ...judgedBy(
      subject,
      [guardedBytesHold(memoryOf), poisonMeansBrokenWrite(memoryOf), nothingLeftOfTheDead(memoryOf)],
      ['found the message poisoned', 'recovery released a lock', 'recovery poisoned a message'],
    ),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

export default [
  writerDies(good),
  writerDies({
    name: 'reader-count',
    manager: ReaderCountManager,
    knownBad: {
      breaks: ['nothing-left-of-the-dead'],
      because: 'a dead reader stays in the number of readers for good',
      hazard: 'memory-manager H8',
      preemptions: 0,
      within: 2000,
    },
  }),
  writerDies({
    name: 'no-dirty',
    manager: NoDirtyManager,
    knownBad: {
      breaks: ['guarded-bytes-hold'],
      because: 'a reader sees one word of the dead writer beside one of the writer before it',
      hazard: 'memory-manager H9',
      preemptions: 0,
      within: 5000,
    },
    without: ['poison-means-broken-write'],
  }),
  writerDies({
    name: 'no-dirty, poison',
    manager: NoDirtyManager,
    knownBad: {
      breaks: ['poison-means-broken-write'],
      because: 'recovery lets a dead writer out and does not know that it was half-way',
      hazard: 'memory-manager H9',
      preemptions: 0,
      within: 2000,
    },
    without: ['guarded-bytes-hold'],
  }),
  writerDies({
    name: 'poison-on-lock',
    manager: PoisonOnLockManager,
    knownBad: {
      breaks: ['poison-means-broken-write'],
      because: 'a peer that dies with the lock, before it looks at the message, poisons one that is whole',
      hazard: 'memory-manager H13',
      preemptions: 0,
      within: 2000,
    },
  }),
]
