import test from 'ava'
import { publishedWithinDurable } from './published-within-durable.js'
import { CommitStory, HandMadeCoordinator, Machine, viewOf } from './write-coordinator.test.kit.js'

function begin() {
  const machine = new Machine().withBoard()
  const story = new CommitStory(publishedWithinDurable<Machine>(viewOf), machine)
  return story.do(() => set(machine, 3, 2, 1))
}

function set(machine: Machine, commitSeqTip: number, durableSeq: number, publishedSeq: number, onBoard = publishedSeq): void {
  Object.assign(machine.coordinator ?? {}, { commitSeqTip, durableSeq, publishedSeq })
  if (machine.board !== undefined) machine.board.value = onBoard
}

test('published-within-durable: numbers that rise in their order', (t) => {
  const story = begin()
  t.is(story.do((machine) => set(machine, 3, 3, 2)).do((machine) => set(machine, 3, 3, 3)).message, undefined)
})

test('published-within-durable: the board may be a moment ahead, or behind', (t) => {
  const story = begin()
  t.is(story.do((machine) => set(machine, 3, 2, 1, 2)).do((machine) => set(machine, 3, 3, 3, 2)).message, undefined)
})

test('published-within-durable: each number that is ahead is found', (t) => {
  t.is(begin().do((machine) => set(machine, 3, 2, 3)).message, 'publishedSeq is 3, but durableSeq is 2')
  t.is(begin().do((machine) => set(machine, 1, 2, 1)).message, 'durableSeq is 2, but commitSeqTip is 1')
  t.is(begin().do((machine) => set(machine, 3, 2, 1, 3)).message, 'the board says 3, but durableSeq is 2')
})

test('published-within-durable: what goes back is found, but not where the coordinator is another', (t) => {
  t.is(begin().do((machine) => set(machine, 3, 2, 0, 1)).message, 'publishedSeq went from 1 to 0')
  t.is(begin().do((machine) => set(machine, 3, 2, 1, 0)).message, 'the board went from 1 to 0')
  const story = begin().powerFailure().step()
  story.machine.coordinator = new HandMadeCoordinator()
  t.is(story.do((machine) => set(machine, 0, 0, 0)).message, undefined)
})
