import { expect, test } from 'vitest';
import { stepUpAdvice } from '../../src/cli/server/advice.ts';
import { parseChallenge } from '../../src/cli/server/challenge.ts';

const stepUp = 'Bearer error="insufficient_user_authentication"';

test('acr values and age are read from a step-up challenge', () => {
  expect(
    parseChallenge(`${stepUp}, error_description="a, b=c", acr_values="mfa strong", max_age=3600`),
  ).toEqual({
    acrValues: 'mfa strong',
    maxAge: 3600,
  });
  expect(parseChallenge(`bearer realm="x", MAX_AGE="60", error=insufficient_user_authentication`)).toEqual({
    acrValues: null,
    maxAge: 60,
  });
  expect(parseChallenge(`Basic realm="x", ${stepUp}`)).toEqual({ acrValues: null, maxAge: null });
});

test('any other answer is no step-up challenge', () => {
  for (const header of [
    null,
    '',
    'Bearer realm="daypass"',
    'Bearer error="invalid_token"',
    'Basic error="insufficient_user_authentication"',
    'Bearer error_description="error=\\"insufficient_user_authentication\\""',
  ])
    expect(parseChallenge(header)).toBeNull();
});

test('values that are not as the RFC has them are left out', () => {
  expect(parseChallenge(`${stepUp}, acr_values="a\u001b[2J", max_age="soon"`)).toEqual({
    acrValues: null,
    maxAge: null,
  });
});

test('the line for people without a terminal can be copied into a shell as it is', () => {
  const challenge = { acrValues: "mfa $(id) 'x'", maxAge: 60 };
  expect(stepUpAdvice('https://d.example', 'https://d.example', challenge, false)).toBe(
    "a stronger or fresher sign-in is needed: run daypass login --step-up 'mfa $(id) '\\''x'\\''' --max-age 60",
  );
  expect(stepUpAdvice('https://d.example', undefined, { acrValues: null, maxAge: null }, true)).toBe(
    'a stronger or fresher sign-in is needed: run daypass login --url https://d.example --step-up, or daypass factor verify --url https://d.example with your one-time-code app',
  );
});
