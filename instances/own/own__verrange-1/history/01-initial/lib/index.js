'use strict';

const { compare, parse } = require('./version');

module.exports = { compare, parse };
