import { AwsError, type Result, type WireAnswer } from './service.ts';

const CONTENT_TYPE = 'application/x-amz-json-1.1';

/** An answer in AWS JSON 1.1, the protocol of SSO Admin and Identity Store (Smithy, "AWS JSON 1.1 protocol"). */
export function renderJsonResult(result: Result, requestId: string): WireAnswer {
  return answer(200, typeof result.body === 'string' ? {} : result.body, requestId);
}

export function renderJsonError(error: AwsError, requestId: string): WireAnswer {
  return answer(error.status, { __type: error.code, Message: error.message, ...error.fields }, requestId);
}

/**
 * A required text parameter.
 * @throws AwsError ValidationException when it is missing, no text, or not of the form
 */
export function textParameter(parameters: Record<string, unknown>, name: string, form: RegExp): string {
  const value = parameters[name];
  const at = `at '${name.charAt(0).toLowerCase()}${name.slice(1)}' failed to satisfy constraint`;
  if (typeof value !== 'string') {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value null ${at}: Member must not be null`,
    );
  }
  if (!form.test(value)) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${value}' ${at}: Member must satisfy regular expression pattern: ${form.source}`,
    );
  }
  return value;
}

function answer(status: number, body: Record<string, unknown>, requestId: string): WireAnswer {
  return {
    status,
    headers: { 'content-type': CONTENT_TYPE, 'x-amzn-requestid': requestId },
    body: JSON.stringify(body),
  };
}
