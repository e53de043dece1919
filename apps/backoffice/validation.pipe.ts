import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';

import { Problem } from './problem.js';

/** Checks every parameter that carries a schema; what fails leaves as a problem that names the field. */
@Injectable()
export class ValidationPipe implements PipeTransform {
  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { schema, type, data } = metadata;
    if (schema === undefined || schema === null) return value;
    const given = type === 'body' && value === undefined ? {} : value;
    const result = await schema['~standard'].validate(given);
    if (result.issues === undefined) return result.value;
    throw Problem.invalid(result.issues, data);
  }
}
