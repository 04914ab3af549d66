import { z } from 'zod';

/** `handedOver`: the node was active, and the other one is now. */
export interface MaintenanceAnswer {
  readonly handedOver: boolean;
}
export const maintenanceAnswerSchema: z.ZodType<MaintenanceAnswer> = z.object({ handedOver: z.boolean() });
