import test from 'ava'
import { batchIsBounded } from './batch-is-bounded.js'
import { CommitStory, type Machine, viewOf } from './write-coordinator.test.kit.js'

const pending = (pendingCount: number, mode: 'solo' | 'grouped' = 'grouped') =>
  new CommitStory(batchIsBounded<Machine>(viewOf)).do((machine) => Object.assign(machine.coordinator ?? {}, { pendingCount, mode }))

test('batch-is-bounded: as many as the coordinator was made for', (t) => {
  t.is(pending(4).message, undefined)
  t.is(pending(1, 'solo').powerFailure().step().message, undefined)
})

test('batch-is-bounded: one more is found', (t) => {
  t.is(pending(5).message, '5 entries are pending, expected at most 4')
  t.is(pending(2, 'solo').message, '2 entries are pending, expected at most 1')
})
