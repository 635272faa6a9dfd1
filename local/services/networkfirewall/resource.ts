import { randomUUID } from "node:crypto";
import * as z from "zod";
import { AwsError } from "../../gateway/aws-error.ts";

const tagSchema = z.object({ Key: z.string(), Value: z.string() });
export const tagsSchema = z.array(tagSchema).default([]);
export const encryptionSchema = z.object({ KeyId: z.string().optional(), Type: z.string() }).optional();

/** What rule groups, policies and firewalls have in common. */
export interface Resource {
  arn: string;
  name: string;
  /** Whoever changes the resource names the token that it read, so that nobody overwrites what another has changed. */
  token: string;
  tags: z.output<typeof tagsSchema>;
}

/** A resource by its ARN or its name; a call names one of the two. */
export interface Reference {
  arn?: string | undefined;
  name?: string | undefined;
}

/** The resources of one kind. */
export class Resources<Kind extends Resource> {
  readonly #byArn = new Map<string, Kind>();

  all = (): Kind[] => [...this.#byArn.values()];
  has = (arn: string): boolean => this.#byArn.has(arn);

  /** @throws AwsError where the name is taken */
  add(resource: Kind): Kind {
    if (this.has(resource.arn)) invalid(`A resource with the name ${resource.name} exists`);
    this.#byArn.set(resource.arn, resource);
    return resource;
  }

  /** @throws AwsError where there is none, and where a given token is not the newest */
  get({ arn, name }: Reference, token?: string): Kind {
    const found = this.all().find((one) => (arn === undefined ? one.name === name : one.arn === arn));
    if (!found) throw new AwsError("ResourceNotFoundException", `There is no resource ${arn ?? name}`);
    if (token !== undefined && token !== found.token)
      throw new AwsError("InvalidTokenException", "The resource has changed since you read it: read it again");
    return found;
  }

  /** Changes a resource, which gets another token. */
  change(resource: Kind, changes: Partial<Kind>): Kind {
    return Object.assign(resource, changes, { token: randomUUID() });
  }

  remove(resource: Kind): void {
    this.#byArn.delete(resource.arn);
  }
}

/** Refuses an input that breaks a rule of the service. */
export function invalid(message: string): never {
  throw new AwsError("InvalidRequestException", message);
}

/** Refuses a call that the state of a resource does not permit. */
export function notNow(message: string): never {
  throw new AwsError("InvalidOperationException", message);
}
