<?php

namespace Shelf;

use PHPUnit\Framework\TestCase;

class ShelfTest extends TestCase
{
    public function testCountsFreePlaces(): void
    {
        $this->assertSame(2, 3 - 1);
    }

    public function testCountsWrongly(): void
    {
        $this->assertSame(1, 3 - 1);
    }

    public function testErrs(): void
    {
        throw new \RuntimeException('no shelf at all');
    }

    public function testLater(): void
    {
        $this->markTestSkipped('not built yet');
    }

    public function testIncomplete(): void
    {
        $this->markTestIncomplete('half built');
    }

    public function testRisky(): void
    {
    }

    public function testWarns(): void
    {
        trigger_error('old shelf', E_USER_WARNING);
        $this->assertTrue(true);
    }

    public function testHTTPServerInURL2Works(): void
    {
        $this->assertTrue(true);
    }

    public function test_snake_case_name(): void
    {
        $this->assertTrue(true);
    }

    /** @test */
    public function annotated_without_prefix(): void
    {
        $this->assertTrue(true);
    }

    /**
     * @testdox says what it likes (in brackets) > and more
     */
    public function testPlain(): void
    {
        $this->assertTrue(true);
    }

    /**
     * @dataProvider places
     */
    public function testWithData(int $places, int $books): void
    {
        $this->assertSame(2, $places - $books);
    }

    public static function places(): array
    {
        return [[3, 1], [4, 1], 'a name' => [5, 3], 'new "name" (x)' => [6, 5]];
    }

    /**
     * @depends testCountsWrongly
     */
    public function testDependsOnAFailure(): void
    {
        $this->assertTrue(true);
    }

    public function testForgesALine(): void
    {
        fwrite(STDOUT, "\n ✔ Ghost\n");
        $this->assertTrue(true);
    }

    public function testPrints(): void
    {
        echo "half a line";
        $this->assertTrue(true);
    }
}
