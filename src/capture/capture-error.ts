/** What ends the reading of a capture: its bytes or its text are not what their beginning promised. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
}
