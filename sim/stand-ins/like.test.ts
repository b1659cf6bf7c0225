import test from 'ava'
import { mirror } from './like.js'

class Branded {
  readonly #words: string[] = []
  get count() {
    return this.#words.length
  }
  set last(word: string) {
    this.#words.push(word)
  }
  say(word: string) {
    this.#words.push(word)
    return this.#words
  }
}

test('like: a mirror reaches what only the real object may touch', (t) => {
  const real = new Branded()
  const standIn = mirror(real, {})
  t.deepEqual(standIn.say('a'), ['a'])
  standIn.last = 'b'
  t.is(standIn.count, 2)
  t.is(real.count, 2)
  t.true(standIn instanceof Branded)
  t.is(standIn.constructor, Branded)
})

test('like: a mirror replaces what it is told, and adds nothing', (t) => {
  const real = new Branded()
  const standIn = mirror(real, { count: 7, added: 1 })
  t.is(standIn.count, 7)
  t.false('added' in standIn)
  t.is(real.count, 0)
})
