import test from 'ava'
import { type Body, CallStack } from './call-stack.js'

/** What `enter` of the execution does for a caller. */
function* call(stack: CallStack, body: Body): Body {
  const answer = stack.begin(body)
  return answer.done ? answer.value : yield
}

test('call stack: a call that is not suspended gives its result at once', (t) => {
  const stack = new CallStack()
  const answer = stack.begin(
    (function* (): Body {
      const one: unknown = yield* call(stack, immediate(1))
      return (one as number) + 1
    })(),
  )
  t.deepEqual(answer, { done: true, value: 2 })
  t.is(stack.depth, 0)
})

test('call stack: the innermost call is resumed, and its result goes to its caller', (t) => {
  const stack = new CallStack()
  const log: unknown[] = []
  function* level(depth: number): Body {
    if (depth > 0) log.push([depth, yield* call(stack, level(depth - 1))])
    log.push([depth, 'operation', yield])
    return `result ${depth}`
  }
  t.false(stack.begin(level(2)).done)
  t.is(stack.depth, 3)
  t.false(stack.resume('a').done)
  t.is(stack.depth, 2)
  t.false(stack.resume('b').done)
  t.deepEqual(stack.resume('c'), { done: true, value: 'result 2' })
  t.is(stack.depth, 0)
  t.deepEqual(log, [
    [0, 'operation', 'a'],
    [1, 'result 0'],
    [1, 'operation', 'b'],
    [2, 'result 1'],
    [2, 'operation', 'c'],
  ])
})

test('call stack: what a call throws goes to its caller, which may go on', (t) => {
  const stack = new CallStack()
  function* thrower(): Body {
    yield
    throw new Error('from the call')
  }
  function* passesOn(): Body {
    return yield* call(stack, thrower())
  }
  function* catches(): Body {
    try {
      yield* call(stack, passesOn())
    } catch (error) {
      const after: unknown = yield
      return `${(error as Error).message}, ${after}`
    }
    return 'not reached'
  }
  t.false(stack.begin(catches()).done)
  t.is(stack.depth, 3)
  t.false(stack.resume(undefined).done)
  t.is(stack.depth, 1)
  t.deepEqual(stack.resume('then'), { done: true, value: 'from the call, then' })
})

test('call stack: what nobody catches ends everything', (t) => {
  const stack = new CallStack()
  function* thrower(): Body {
    yield
    throw new Error('uncaught')
  }
  function* caller(): Body {
    return yield* call(stack, thrower())
  }
  t.false(stack.begin(caller()).done)
  t.throws(() => stack.resume(undefined), { message: 'uncaught' })
  t.is(stack.depth, 0)
  t.throws(() => stack.begin(immediateThrow()), { message: 'at once' })
  t.is(stack.depth, 0)
})

test('call stack: a caller that throws after it caught what its call threw ends once', (t) => {
  const stack = new CallStack()
  function* thrower(): Body {
    yield
    throw new Error('first')
  }
  function* catches(): Body {
    try {
      yield* call(stack, thrower())
    } catch {
      return 'caught'
    }
    return 'not reached'
  }
  function* outer(): Body {
    yield* call(stack, catches())
    throw new Error('second')
  }
  t.false(stack.begin(outer()).done)
  t.throws(() => stack.resume(undefined), { message: 'second' })
  t.is(stack.depth, 0)
})

test('call stack: an exception of the pending operation reaches the call that asked', (t) => {
  const stack = new CallStack()
  function* asks(): Body {
    try {
      yield
    } catch (error) {
      return (error as Error).message
    }
    return 'not reached'
  }
  function* caller(): Body {
    return [yield* call(stack, asks())]
  }
  t.false(stack.begin(caller()).done)
  t.deepEqual(stack.throw(new Error('refused')), { done: true, value: ['refused'] })
})

function* immediate(value: unknown): Body {
  return value
}

function* immediateThrow(): Body {
  throw new Error('at once')
}
