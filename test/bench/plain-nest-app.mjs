/**
 * The least of a Nest application with a database: one TypeORM entity, no routes. Prints one line when it listens.
 *   DATABASE_URL=… node test/bench/plain-nest-app.mjs
 */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Entity, PrimaryColumn } from 'typeorm';

class Thing {}
PrimaryColumn('uuid')(Thing.prototype, 'id');
Entity()(Thing);

class PlainModule {}
Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'postgres', url: process.env.DATABASE_URL, entities: [Thing] }),
    TypeOrmModule.forFeature([Thing]),
  ],
})(PlainModule);

const app = await NestFactory.create(PlainModule, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
console.log('Ready');
