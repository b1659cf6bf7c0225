import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { epochMovesByOne } from './epoch-moves-by-one.js'
import { Manager, viewOf } from './qsbr.test.kit.js'

function after(from: number, to: number): string | undefined {
  const manager = new Manager().word(from, [0])
  const story = new Story(epochMovesByOne<Manager>(viewOf), manager).step()
  manager.word(to, [0])
  return story.step().message
}

test('epoch-moves-by-one: up by one, also round the end', (t) => {
  t.is(after(3, 3), undefined)
  t.is(after(3, 4), undefined)
  t.is(after(2 ** 32 - 1, 0), undefined)
})

test('epoch-moves-by-one: a jump and a step back are found', (t) => {
  t.is(after(3, 5), 'the epoch went from 3 to 5')
  t.is(after(3, 2), 'the epoch went from 3 to 2')
})
