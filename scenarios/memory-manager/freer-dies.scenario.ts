// A peer dies at any step of the free of a poisoned message; the host recovers it, and the next message in the slot is not poisoned.

import { scenario } from 'heddle'
import { nothingLeftOfTheDead, poisonMeansBrokenWrite } from '../../invariants/memory-manager/public.js'
import type { MessageToken } from '../../primitives/memory-manager/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { RecoveryKeepsPoisonManager } from '../known-bad/memory-manager/recovery-keeps-poison.js'
import { locate, ManagerWorld, memoryOf, payloadOf, recoverPeer, userOf } from './manager-world.js'
import { good, type Subject } from './subject.js'

export class World extends ManagerWorld {
  /** Of the host's message, which is poisoned. */
  readonly token: MessageToken

  constructor(subject: Subject) {
    super(subject, 1, 3)
    this.token = this.stored(HOST, 1)
    this.managers[HOST]?.readMutShared(this.token, HOST).poison()
  }
}

const HOST = 2
const ATTEMPTS = 3

export function freerDies(subject: Subject) {
  return scenario<World>(nameFor('mm-freer-dies', subject), {
    about: 'a peer dies while it frees a poisoned message; the slot is used again',
    peers: { storer: 1, freer: 1 },
    setup: () => new World(subject),
    peer: {
      freer(world, me) {
        userOf(world, me).free(world.token)
      },
      storer(world, me) {
        const user = userOf(world, me)
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
          const token = user.store(payloadOf(2))
          me.sometimes('the slot was in use', token === undefined)
          if (token === undefined) {
            me.sleep(1)
            continue
          }
          const guard = user.read(token)
          if (guard !== undefined) user.look(guard)
          return
        }
      },
    },
    recover(world, dead, me) {
      const recovered = recoverPeer(world, dead, HOST, me)
      if (!recovered) return
      const user = userOf(world, me, HOST)
      user.free(world.token)
      user.store(payloadOf(3))
    },
    faults: { crashes: 1, victims: ['freer'] },
    ...judgedBy(
      subject,
      [poisonMeansBrokenWrite(memoryOf), nothingLeftOfTheDead(memoryOf)],
      ['the slot was in use', 'crashed in limbo', 'recovery released a lock', 'recovery put back a slot in limbo'],
    ),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

export default [
  freerDies(good),
  freerDies({
    name: 'recovery-keeps-poison',
    manager: RecoveryKeepsPoisonManager,
    knownBad: {
      breaks: ['poison-means-broken-write'],
      because: 'the mark of a message that is gone spoils the next one in its slot',
      preemptions: 0,
      within: 2000,
    },
  }),
]
