import { expect, test } from 'vitest';
import { type Question, Questions } from './questions.ts';

function opened() {
  const sent: [id: number, isAllowed: boolean][] = [];
  const asked: Question[] = [];
  const closed: number[] = [];
  const waiting: boolean[] = [];
  const questions = new Questions((...answer) => sent.push(answer));
  questions.on('asked', (question) => asked.push(question));
  questions.on('closed', ({ id }) => closed.push(id));
  questions.on('waiting', (isWaiting) => waiting.push(isWaiting));
  return { questions, sent, asked, closed, waiting };
}

test('nothing is answered before the reader has', () => {
  const { questions, sent, asked, waiting } = opened();
  questions.ask(1, 'https://example.org/a');
  expect(sent).toEqual([]);
  expect(questions.state).toBe('Waiting for your answer');
  questions.answer(asked[0]!, 'once');
  expect(sent).toEqual([[1, true]]);
  expect(questions.state).toBe('Fetching from example.org…');
  questions.settle(1);
  expect(questions.state).toBeUndefined();
  expect(waiting).toEqual([true, false]);
  questions.ask(2, 'https://example.org/a');
  expect(asked).toHaveLength(2);
});

test('what is allowed for a host is allowed for its scheme and port alone, until other files are shown', () => {
  const { questions, sent, asked } = opened();
  questions.ask(1, 'https://example.org/a');
  questions.answer(asked[0]!, 'host');
  questions.ask(2, 'https://example.org/b');
  expect(sent).toEqual([
    [1, true],
    [2, true],
  ]);
  for (const [i, other] of [
    'http://example.org/b',
    'https://example.org:444/b',
    'https://a.example.org/',
    'https://example.org.a/',
  ].entries()) {
    questions.ask(10 + i, other);
  }
  expect(sent).toHaveLength(2);
  questions.forget();
  questions.ask(3, 'https://example.org/b');
  expect(sent).toHaveLength(2);
});

test('a refusal holds while one writes, and an evaluation that is asked for asks again', () => {
  const { questions, sent, asked } = opened();
  questions.begin(false);
  questions.ask(1, 'https://example.org/a');
  questions.answer(asked[0]!, 'refuse');
  questions.begin(true);
  questions.ask(2, 'https://example.org/a');
  expect(sent).toEqual([
    [1, false],
    [2, false],
  ]);
  questions.ask(3, 'https://example.org/b');
  expect(asked.map(({ id, isLive }) => [id, isLive])).toEqual([
    [1, false],
    [3, true],
  ]);
  questions.begin(false);
  questions.ask(4, 'https://example.org/a');
  expect(asked).toHaveLength(3);
});

test('a question that was withdrawn takes no answer', () => {
  const { questions, sent, asked, closed } = opened();
  questions.ask(1, 'https://example.org/a');
  questions.settle(1);
  questions.answer(asked[0]!, 'host');
  expect(closed).toEqual([1]);
  expect(sent).toEqual([]);
  questions.ask(2, 'https://example.org/a');
  expect(sent).toEqual([]);
  questions.settleAll();
  expect(closed).toEqual([1, 2]);
});
