// Trainings as a content collection of Astro: `getCollection('trainings')` in any page, typed by the schema below.
import { defineCollection } from 'astro:content';
import { z } from 'astro/zod';
import { TrainingsDocument } from './gql/graphql';
import { query } from './service';

const field = z.object({ text: z.string() }).nullable();

export const collections = {
  trainings: defineCollection({
    loader: async () => {
      const { collections } = await query(TrainingsDocument);
      // Astro sorts a collection by id. `order` keeps the order of the editors.
      return collections.flatMap(({ name, fields, pages }) =>
        pages.nodes.map((page, order) => ({ ...page, order, fields, folder: name })),
      );
    },
    schema: z.object({
      title: z.string(),
      url: z.string(),
      order: z.number(),
      folder: z.string(),
      excerpt: z.string(),
      duration: field,
      price: field,
      bookingUrl: field,
      fields: z.array(z.object({ name: z.string(), description: z.string().nullable() })),
    }),
  }),
};
