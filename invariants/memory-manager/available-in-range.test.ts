import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { availableInRange } from './available-in-range.js'
import { Manager, memoryOf } from './manager.test.kit.js'

test('available-in-range: 0 to capacity is fine, anything else is found', (t) => {
  let available = 0
  const begin = () =>
    new Story(
      availableInRange<Manager>(memoryOf, () => available),
      new Manager(),
    )
  for (available of [0, 1, 2]) t.is(begin().step().message, undefined)
  for (available of [-1, 3]) t.is(begin().step().message, `available() is ${available}; expected 0 to 2`)
})
