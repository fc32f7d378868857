<?php

namespace Shelf\Light;

use PHPUnit\Framework\TestCase;

class LampTest extends TestCase
{
    public function testCountsWrongly(): void
    {
        $this->assertTrue(true);
    }
}
