/** A refusal of a service. `fields` are further members of the error. */
export class AwsError extends Error {
  readonly status: number;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = code;
    this.status = statusOf(code);
    this.fields = fields;
  }
}

/** The SDK decides by status and code whether to try again, so it must be the status of AWS. */
function statusOf(code: string): number {
  if (/^(Internal|ServiceUnavailable|ServiceFailure|SystemUnavailable)/.test(code)) return 500;
  if (/^(NotFound|NoSuch)/.test(code)) return 404;
  if (code === "PreconditionFailed") return 412;
  if (/^(AuthorizationError|AccessDenied)/.test(code)) return 403;
  return 400;
}
