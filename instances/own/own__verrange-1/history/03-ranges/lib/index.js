'use strict';

const { satisfies } = require('./range');
const { compare, parse } = require('./version');

module.exports = { compare, parse, satisfies };
