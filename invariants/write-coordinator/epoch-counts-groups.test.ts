import test from 'ava'
import { epochCountsGroups } from './epoch-counts-groups.js'
import { CommitStory, type Machine, type MarkerFaults, viewOf } from './write-coordinator.test.kit.js'

const begin = () => new CommitStory(epochCountsGroups<Machine>(viewOf)).event(0, 'begins')

/** Group 1, then markers as told; the coordinator's epoch is `epoch`. */
function behindOne(epoch: number, ...markers: readonly MarkerFaults[]): string | undefined {
  const story = begin().do((machine) => machine.commit(machine.submission(5)))
  story.do((machine) => {
    for (const faults of markers) machine.marker(faults)
    machine.sync('markers')
    Object.assign(machine.coordinator ?? {}, { currentEpoch: epoch })
  })
  return story.event(0, 'looks').message
}

test('epoch-counts-groups: one more for each group, however great', (t) => {
  t.is(behindOne(2, { isLast: false }, { isFirst: false }), undefined)
  t.is(behindOne(1), undefined)
})

test('epoch-counts-groups: a group counts when it is durable', (t) => {
  const story = begin().do((machine) => machine.marker())
  t.is(story.event(0, 'looks').message, undefined)
  Object.assign(story.machine.coordinator ?? {}, { currentEpoch: 1 })
  t.is(story.event(0, 'looks').message, 'the epoch is 1, but the last durable group has 0')
})

test('epoch-counts-groups: an epoch that rises without a group, or stays, is found', (t) => {
  t.is(behindOne(2), 'the epoch is 2, but the last durable group has 1')
  t.is(behindOne(1, {}), 'the epoch is 1, but the last durable group has 2')
})

test('epoch-counts-groups: two groups of one epoch are found, and one of two', (t) => {
  t.is(behindOne(1, { epoch: 1 }), 'number 2 has epoch 1, expected 2')
  t.is(behindOne(3, { epoch: 3 }), 'number 2 has epoch 3, expected 2')
  t.is(behindOne(3, { isLast: false }, { isFirst: false, epoch: 3 }), 'number 3 has epoch 3, expected 2')
})

test('epoch-counts-groups: a group without its first or its last marker is found', (t) => {
  t.is(behindOne(1, { isFirst: false }), 'number 1 says that it ends a group')
  t.is(behindOne(2, { isLast: false }), 'number 2 ends a group, but does not say so')
  const story = begin().do((machine) => machine.marker({ isFirst: false, epoch: 0 }).sync('markers'))
  t.is(story.event(0, 'looks').message, 'number 1 is not the first of a group')
})

test('epoch-counts-groups: a group may have lost its end before a restart', (t) => {
  const story = begin().do((machine) => machine.marker({ isLast: false }).sync('markers'))
  story
    .powerFailure()
    .do((machine) => machine.recovered(5))
    .event(0, 'looks')
  t.is(story.do((machine) => machine.commit(machine.submission(6))).event(0, 'looks').message, undefined)
})

test('epoch-counts-groups: while markers are being written they may be durable before the epoch rises', (t) => {
  const story = begin().tell('invoke', 0, 'flushBatch', [])
  t.is(story.do((machine) => machine.marker().sync('markers')).event(1, 'looks').message, undefined)
  t.is(story.tell('return', 0, 'flushBatch', []).message, 'the epoch is 0, but the last durable group has 1')
})

test('epoch-counts-groups: nothing is said of a coordinator that has failed', (t) => {
  const story = begin().do((machine) => Object.assign(machine.coordinator ?? {}, { state: 'failed', currentEpoch: 5 }))
  t.is(story.event(0, 'looks').message, undefined)
})
